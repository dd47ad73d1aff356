#include "go_asm.h"
#include "textflag.h"

// One member's products with one of six weights: its eight sessions are in Y12 and Y13.
#define WEIGHED(at, a, b) \
	VBROADCASTSD at(DI), Y14 \
	VMULPD       Y12, Y14, Y15 \
	VMULPD       Y13, Y14, Y14 \
	VADDPD       Y15, a, a \
	VADDPD       Y14, b, b

// func wideAddProducts(sum, weight, y *float64, n, width, stride int, begin bool)
// Eight sessions, six sums at a time.
TEXT ·wideAddProducts(SB), NOSPLIT, $0-49
	MOVQ sum+0(FP), DX
	MOVQ weight+8(FP), BX
	MOVQ width+32(FP), R10
	MOVQ stride+40(FP), R9
	MOVQ R10, R12          // sums left
	SHLQ $3, R10
	SHLQ $3, R9
	LEAQ (R9)(R9*2), R11

six:
	LEAQ    (DX)(R11*1), R13
	CMPB    begin+48(FP), $0
	JEQ     load
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	VXORPD Y6, Y6, Y6
	VXORPD Y7, Y7, Y7
	VXORPD Y8, Y8, Y8
	VXORPD Y9, Y9, Y9
	VXORPD Y10, Y10, Y10
	VXORPD Y11, Y11, Y11
	JMP     members

load:
	VMOVUPD (DX), Y0
	VMOVUPD 32(DX), Y1
	VMOVUPD (DX)(R9*1), Y2
	VMOVUPD 32(DX)(R9*1), Y3
	VMOVUPD (DX)(R9*2), Y4
	VMOVUPD 32(DX)(R9*2), Y5
	VMOVUPD (R13), Y6
	VMOVUPD 32(R13), Y7
	VMOVUPD (R13)(R9*1), Y8
	VMOVUPD 32(R13)(R9*1), Y9
	VMOVUPD (R13)(R9*2), Y10
	VMOVUPD 32(R13)(R9*2), Y11

members:
	MOVQ    BX, DI
	MOVQ    y+16(FP), SI
	MOVQ    n+24(FP), CX

member:
	VMOVUPD (SI), Y12
	VMOVUPD 32(SI), Y13
	WEIGHED(0, Y0, Y1)
	WEIGHED(8, Y2, Y3)
	WEIGHED(16, Y4, Y5)
	WEIGHED(24, Y6, Y7)
	WEIGHED(32, Y8, Y9)
	WEIGHED(40, Y10, Y11)
	ADDQ R9, SI
	ADDQ R10, DI
	DECQ CX
	JNZ  member

	VMOVUPD Y0, (DX)
	VMOVUPD Y1, 32(DX)
	VMOVUPD Y2, (DX)(R9*1)
	VMOVUPD Y3, 32(DX)(R9*1)
	VMOVUPD Y4, (DX)(R9*2)
	VMOVUPD Y5, 32(DX)(R9*2)
	VMOVUPD Y6, (R13)
	VMOVUPD Y7, 32(R13)
	VMOVUPD Y8, (R13)(R9*1)
	VMOVUPD Y9, 32(R13)(R9*1)
	VMOVUPD Y10, (R13)(R9*2)
	VMOVUPD Y11, 32(R13)(R9*2)
	LEAQ (R13)(R11*1), DX
	ADDQ $48, BX
	SUBQ $6, R12
	JG   six
	VZEROUPPER
	RET

DATA  least<>+0(SB)/8, $1e-12
GLOBL least<>(SB), RODATA, $8
DATA  unit<>+0(SB)/8, $1.0
GLOBL unit<>(SB), RODATA, $8

// func wideStandardise(p *Spans, weight []float64)
TEXT ·wideStandardise(SB), NOSPLIT, $0-32
	MOVQ         p+0(FP), BX
	MOVQ         weight_base+8(FP), DI
	MOVQ         weight_len+16(FP), CX
	MOVQ         Spans_Sum(BX), SI
	MOVQ         Spans_Squares(BX), DX
	MOVQ         Spans_Inverse(BX), R8
	MOVQ         Spans_Total(BX), R9
	VBROADCASTSD least<>(SB), Y8
	VBROADCASTSD unit<>(SB), Y9
	XORQ         AX, AX
	JMP          more

four:
	VMOVUPD (SI)(AX*8), Y0
	VMOVUPD (DX)(AX*8), Y1
	VMULPD  Y0, Y0, Y2
	VMULPD  (R8)(AX*8), Y2, Y2
	VSUBPD  Y2, Y1, Y2      // ss - s s/n
	VMULPD  Y8, Y1, Y1
	VCMPPD  $17, Y2, Y1, Y1 // 1e-12 ss < it, false where one is NaN
	VSQRTPD Y2, Y2
	VDIVPD  Y2, Y9, Y2
	VANDPD  Y1, Y2, Y2
	VMOVUPD Y2, (DI)(AX*8)
	VMULPD  Y0, Y2, Y2
	VADDPD  (R9)(AX*8), Y2, Y2
	VMOVUPD Y2, (R9)(AX*8)
	ADDQ $4, AX

more:
	CMPQ AX, CX
	JLT  four
	VZEROUPPER
	RET

// func wideDot(x, y []float64) (sum float64)
TEXT ·wideDot(SB), NOSPLIT, $0-56
	MOVQ   x_base+0(FP), SI
	MOVQ   x_len+8(FP), CX
	MOVQ   y_base+24(FP), DI
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	XORQ   AX, AX
	JMP    more

sixteen:
	VMOVUPD (SI)(AX*8), Y4
	VMOVUPD 32(SI)(AX*8), Y5
	VMOVUPD 64(SI)(AX*8), Y6
	VMOVUPD 96(SI)(AX*8), Y7
	VMULPD (DI)(AX*8), Y4, Y4
	VMULPD 32(DI)(AX*8), Y5, Y5
	VMULPD 64(DI)(AX*8), Y6, Y6
	VMULPD 96(DI)(AX*8), Y7, Y7
	VADDPD Y4, Y0, Y0
	VADDPD Y5, Y1, Y1
	VADDPD Y6, Y2, Y2
	VADDPD Y7, Y3, Y3
	ADDQ $16, AX

more:
	CMPQ AX, CX
	JLT  sixteen

	VADDPD Y1, Y0, Y0
	VADDPD Y3, Y2, Y2
	VADDPD Y2, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPD       X1, X0, X0
	VUNPCKHPD    X0, X0, X1
	VADDSD       X1, X0, X0
	VZEROUPPER
	MOVSD        X0, sum+48(FP)
	RET
