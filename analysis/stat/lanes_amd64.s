#include "go_asm.h"
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

// func wideAddFour(scale *[4]float64, y *[4][]float64, total []float64)
TEXT ·wideAddFour(SB), NOSPLIT, $0-40
	MOVQ         scale+0(FP), R8
	MOVQ         y+8(FP), R9
	MOVQ         total_base+16(FP), R10
	MOVQ         total_len+24(FP), CX
	VBROADCASTSD 0(R8), Y8
	VBROADCASTSD 8(R8), Y9
	VBROADCASTSD 16(R8), Y10
	VBROADCASTSD 24(R8), Y11
	MOVQ         0(R9), SI
	MOVQ         24(R9), DI
	MOVQ         48(R9), R11
	MOVQ         72(R9), R12
	XORQ         AX, AX
	JMP          more

four:
	VMULPD (SI)(AX*8), Y8, Y0
	VMULPD (DI)(AX*8), Y9, Y1
	VMULPD (R11)(AX*8), Y10, Y2
	VMULPD (R12)(AX*8), Y11, Y3
	VADDPD Y1, Y0, Y0
	VADDPD Y3, Y2, Y2
	VADDPD Y2, Y0, Y0
	VADDPD (R10)(AX*8), Y0, Y0
	VMOVUPD Y0, (R10)(AX*8)
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

// The last elements of a window, fewer than four: which of four lanes there are.
DATA lanes<>+0(SB)/8, $-1
DATA lanes<>+8(SB)/8, $-1
DATA lanes<>+16(SB)/8, $-1
DATA lanes<>+24(SB)/8, $0
DATA lanes<>+32(SB)/8, $0
DATA lanes<>+40(SB)/8, $0
DATA lanes<>+48(SB)/8, $0
GLOBL lanes<>(SB), RODATA|NOPTR, $56

// func wideAbnormal(l *Line)
TEXT ·wideAbnormal(SB), NOSPLIT, $0-8
	MOVQ         l+0(FP), BX
	MOVQ         Line_AR(BX), DI
	MOVQ         (Line_AR+8)(BX), CX
	MOVQ         Line_Y(BX), SI
	MOVQ         Line_X(BX), R10
	MOVQ         Line_Root(BX), DX
	VBROADCASTSD Line_Alpha(BX), Y8
	VBROADCASTSD Line_Beta(BX), Y9
	MOVQ         $0x3ff0000000000000, AX
	MOVQ         AX, X7
	VBROADCASTSD X7, Y7                  // 1
	VXORPD       Y0, Y0, Y0              // sums of a
	VXORPD       Y1, Y1, Y1              // of a root
	VMOVAPD      Y7, Y2                  // products of 1 + y
	VMOVAPD      Y7, Y3                  // of 1 + y - a
	MOVQ         CX, R12
	ANDQ         $-4, R12
	XORQ         AX, AX
	JMP          more

four:
	VMOVUPD (SI)(AX*8), Y5
	VMULPD (R10)(AX*8), Y9, Y4
	VADDPD Y8, Y4, Y4
	VSUBPD Y4, Y5, Y4
	VMOVUPD Y4, (DI)(AX*8)
	VADDPD Y5, Y7, Y5
	VMULPD (DX)(AX*8), Y4, Y6
	VADDPD Y4, Y0, Y0
	VADDPD Y6, Y1, Y1
	VMULPD Y5, Y2, Y2
	VSUBPD Y4, Y5, Y5
	VMULPD Y5, Y3, Y3
	ADDQ $4, AX

more:
	CMPQ AX, R12
	JLT  four
	CMPQ AX, CX
	JGE  join

	// As above, on the lanes that are left; the others hold zeros, to add, and ones.
	SUBQ       AX, CX
	LEAQ       lanes<>+24(SB), R8
	SHLQ       $3, CX
	SUBQ       CX, R8
	VMOVUPD    (R8), Y11
	VMASKMOVPD (SI)(AX*8), Y11, Y5
	VMASKMOVPD (R10)(AX*8), Y11, Y4
	VMULPD     Y4, Y9, Y4
	VADDPD     Y8, Y4, Y4
	VSUBPD     Y4, Y5, Y4
	VANDPD     Y11, Y4, Y4
	VMASKMOVPD Y4, Y11, (DI)(AX*8)
	VADDPD     Y5, Y7, Y5
	VMASKMOVPD (DX)(AX*8), Y11, Y6
	VMULPD     Y6, Y4, Y6
	VADDPD     Y4, Y0, Y0
	VADDPD     Y6, Y1, Y1
	VMULPD     Y5, Y2, Y2
	VSUBPD     Y4, Y5, Y5
	VMULPD     Y5, Y3, Y3

join:
	VEXTRACTF128 $1, Y0, X4
	VEXTRACTF128 $1, Y1, X5
	VADDPD       X4, X0, X0
	VADDPD       X5, X1, X1
	VUNPCKHPD    X0, X0, X4
	VUNPCKHPD    X1, X1, X5
	VADDSD       X4, X0, X0
	VADDSD       X5, X1, X1
	VEXTRACTF128 $1, Y2, X4
	VEXTRACTF128 $1, Y3, X5
	VMULPD       X4, X2, X2
	VMULPD       X5, X3, X3
	VUNPCKHPD    X2, X2, X4
	VUNPCKHPD    X3, X3, X5
	VMULSD       X4, X2, X2
	VMULSD       X5, X3, X3
	VZEROUPPER
	MOVSD        X0, Line_Held(BX)
	MOVSD        X1, (Line_Held+8)(BX)
	MOVSD        X2, (Line_Held+16)(BX)
	MOVSD        X3, (Line_Held+24)(BX)
	RET

// func wideAddTwo(a, b, sum, squares, above []float64)
TEXT ·wideAddTwo(SB), NOSPLIT, $0-120
	MOVQ         a_base+0(FP), SI
	MOVQ         a_len+8(FP), CX
	MOVQ         b_base+24(FP), DI
	MOVQ         sum_base+48(FP), R8
	MOVQ         squares_base+72(FP), R9
	MOVQ         above_base+96(FP), R10
	MOVQ         $0x3ff0000000000000, AX
	MOVQ         AX, X7
	VBROADCASTSD X7, Y7                  // 1
	VXORPD       Y6, Y6, Y6              // 0
	XORQ         AX, AX
	JMP          more

four:
	VMOVUPD (SI)(AX*8), Y0
	VMOVUPD (DI)(AX*8), Y1
	VADDPD Y1, Y0, Y2
	VADDPD (R8)(AX*8), Y2, Y2
	VMOVUPD Y2, (R8)(AX*8)
	VCMPPD  $17, Y0, Y6, Y4 // 0 < a, false where that is NaN
	VCMPPD  $17, Y1, Y6, Y5
	VMULPD  Y0, Y0, Y0
	VMULPD  Y1, Y1, Y1
	VANDPD  Y7, Y4, Y4
	VANDPD  Y7, Y5, Y5
	VADDPD  Y1, Y0, Y0
	VADDPD  Y5, Y4, Y4
	VADDPD (R9)(AX*8), Y0, Y0
	VADDPD (R10)(AX*8), Y4, Y4
	VMOVUPD Y0, (R9)(AX*8)
	VMOVUPD Y4, (R10)(AX*8)
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
