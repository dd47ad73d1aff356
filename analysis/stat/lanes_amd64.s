#include "textflag.h"

// func wideEightSums(y, q []float64) (sy, syy, sqy float64)
TEXT ·wideEightSums(SB), NOSPLIT, $0-72
	MOVQ   y_base+0(FP), SI
	MOVQ   y_len+8(FP), CX
	MOVQ   q_base+24(FP), DI
	VXORPD Y0, Y0, Y0 // sums of y
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2 // of y y
	VXORPD Y3, Y3, Y3
	VXORPD Y4, Y4, Y4 // of q y
	VXORPD Y5, Y5, Y5
	XORQ   AX, AX
	JMP    more

eight:
	VMOVUPD (SI)(AX*8), Y6
	VMOVUPD 32(SI)(AX*8), Y7
	VADDPD Y6, Y0, Y0
	VADDPD Y7, Y1, Y1
	VMULPD (DI)(AX*8), Y6, Y8
	VMULPD 32(DI)(AX*8), Y7, Y9
	VMULPD Y6, Y6, Y6
	VMULPD Y7, Y7, Y7
	VADDPD Y8, Y4, Y4
	VADDPD Y9, Y5, Y5
	VADDPD Y6, Y2, Y2
	VADDPD Y7, Y3, Y3
	ADDQ $8, AX

more:
	CMPQ AX, CX
	JLT  eight

	VADDPD Y1, Y0, Y0
	VADDPD Y3, Y2, Y2
	VADDPD Y5, Y4, Y4
	VEXTRACTF128 $1, Y0, X1
	VEXTRACTF128 $1, Y2, X3
	VEXTRACTF128 $1, Y4, X5
	VADDPD X1, X0, X0
	VADDPD X3, X2, X2
	VADDPD X5, X4, X4
	VUNPCKHPD    X0, X0, X1
	VUNPCKHPD    X2, X2, X3
	VUNPCKHPD    X4, X4, X5
	VADDSD       X1, X0, X0
	VADDSD       X3, X2, X2
	VADDSD       X5, X4, X4
	VZEROUPPER
	MOVSD        X0, sy+48(FP)
	MOVSD        X2, syy+56(FP)
	MOVSD        X4, sqy+64(FP)
	RET

// func wideAddPair(a, b *Member, y1, y2, sum, total []float64)
TEXT ·wideAddPair(SB), NOSPLIT, $0-112
	MOVQ         a+0(FP), R8
	MOVQ         b+8(FP), R9
	MOVQ         y1_base+16(FP), SI
	MOVQ         y1_len+24(FP), CX
	MOVQ         y2_base+40(FP), DI
	MOVQ         sum_base+64(FP), R10
	MOVQ         total_base+88(FP), R11
	VBROADCASTSD 0(R8), Y8 // w of a
	VBROADCASTSD 8(R8), Y9 // scale of a
	VBROADCASTSD 0(R9), Y10
	VBROADCASTSD 8(R9), Y11
	XORQ         AX, AX
	JMP          more

four:
	VMOVUPD (SI)(AX*8), Y0
	VMOVUPD (DI)(AX*8), Y1
	VMULPD Y0, Y8, Y2
	VMULPD Y0, Y9, Y3
	VMULPD Y1, Y10, Y4
	VMULPD Y1, Y11, Y5
	VADDPD Y4, Y2, Y2
	VADDPD Y5, Y3, Y3
	VADDPD (R10)(AX*8), Y2, Y2
	VADDPD (R11)(AX*8), Y3, Y3
	VMOVUPD Y2, (R10)(AX*8)
	VMOVUPD Y3, (R11)(AX*8)
	ADDQ $4, AX

more:
	CMPQ AX, CX
	JLT  four
	VZEROUPPER
	RET

// func wideAbove(y, x []float64, alpha, beta float64) (above int)
TEXT ·wideAbove(SB), NOSPLIT, $0-72
	MOVQ         y_base+0(FP), SI
	MOVQ         y_len+8(FP), CX
	MOVQ         x_base+24(FP), DX
	VBROADCASTSD alpha+48(FP), Y8
	VBROADCASTSD beta+56(FP), Y9
	VPXOR        Y6, Y6, Y6      // how many are above, in four counts
	XORQ         AX, AX
	JMP          more

four:
	VMOVUPD (SI)(AX*8), Y0
	VMULPD (DX)(AX*8), Y9, Y1
	VADDPD Y8, Y1, Y1
	VCMPPD  $17, Y0, Y1, Y1 // fit < y, false where one is NaN: all bits, which is -1
	VPSUBQ  Y1, Y6, Y6
	ADDQ $4, AX

more:
	CMPQ AX, CX
	JLT  four

	VEXTRACTI128 $1, Y6, X7
	VPADDQ       X7, X6, X6
	VPSRLDQ      $8, X6, X7
	VPADDQ       X7, X6, X6
	VMOVQ        X6, AX
	VZEROUPPER
	MOVQ         AX, above+64(FP)
	RET

// func wideOffLine(dst, y, x []float64, alpha, beta float64)
TEXT ·wideOffLine(SB), NOSPLIT, $0-88
	MOVQ         dst_base+0(FP), DI
	MOVQ         dst_len+8(FP), CX
	MOVQ         y_base+24(FP), SI
	MOVQ         x_base+48(FP), DX
	VBROADCASTSD alpha+72(FP), Y8
	VBROADCASTSD beta+80(FP), Y9
	XORQ         AX, AX
	JMP          more

four:
	VMULPD (DX)(AX*8), Y9, Y0
	VADDPD Y8, Y0, Y0
	VMOVUPD (SI)(AX*8), Y1
	VSUBPD  Y0, Y1, Y1
	VMOVUPD Y1, (DI)(AX*8)
	ADDQ $4, AX

more:
	CMPQ AX, CX
	JLT  four
	VZEROUPPER
	RET

// func Fetch(x []float64)
TEXT ·Fetch(SB), NOSPLIT, $0-24
	MOVQ x_base+0(FP), SI
	MOVQ x_len+8(FP), CX
	XORQ AX, AX
	JMP  more

line:
	PREFETCHT0 (SI)(AX*8)
	ADDQ $8, AX

more:
	CMPQ AX, CX
	JLT  line
	RET
