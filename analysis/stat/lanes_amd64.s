#include "textflag.h"

// func fourSums(y, q []float64) (sy, syy, sqy float64)
TEXT ·fourSums(SB), NOSPLIT, $0-72
	MOVQ y_base+0(FP), SI
	MOVQ y_len+8(FP), CX
	MOVQ q_base+24(FP), DI
	XORPS X0, X0 // sums of y
	XORPS X1, X1
	XORPS X2, X2 // of y y
	XORPS X3, X3
	XORPS X4, X4 // of q y
	XORPS X5, X5
	XORQ AX, AX
	JMP  more

four:
	MOVUPD (SI)(AX*8), X6
	MOVUPD 16(SI)(AX*8), X7
	MOVUPD (DI)(AX*8), X8
	MOVUPD 16(DI)(AX*8), X9
	ADDPD  X6, X0
	ADDPD  X7, X1
	MULPD  X6, X8
	MULPD  X7, X9
	MULPD  X6, X6
	MULPD  X7, X7
	ADDPD  X8, X4
	ADDPD  X9, X5
	ADDPD  X6, X2
	ADDPD  X7, X3
	ADDQ   $4, AX

more:
	CMPQ AX, CX
	JLT  four

	ADDPD    X1, X0
	ADDPD    X3, X2
	ADDPD    X5, X4
	MOVAPD   X0, X6
	MOVAPD   X2, X7
	MOVAPD   X4, X8
	UNPCKHPD X6, X6
	UNPCKHPD X7, X7
	UNPCKHPD X8, X8
	ADDSD    X6, X0
	ADDSD    X7, X2
	ADDSD    X8, X4
	MOVSD    X0, sy+48(FP)
	MOVSD    X2, syy+56(FP)
	MOVSD    X4, sqy+64(FP)
	RET

// func addPair(a, b *member, y1, y2, x, sum, total []float64) (above int)
TEXT ·addPair(SB), NOSPLIT, $0-144
	MOVQ     a+0(FP), R8
	MOVQ     b+8(FP), R9
	MOVQ     y1_base+16(FP), SI
	MOVQ     y1_len+24(FP), CX
	MOVQ     y2_base+40(FP), DI
	MOVQ     x_base+64(FP), DX
	MOVQ     sum_base+88(FP), R10
	MOVQ     total_base+112(FP), R11
	MOVSD    0(R8), X8   // alpha, twice
	UNPCKLPD X8, X8
	MOVSD    8(R8), X9   // beta
	UNPCKLPD X9, X9
	MOVSD    16(R8), X10 // w
	UNPCKLPD X10, X10
	MOVSD    24(R8), X11 // scale
	UNPCKLPD X11, X11
	MOVSD    0(R9), X12
	UNPCKLPD X12, X12
	MOVSD    8(R9), X13
	UNPCKLPD X13, X13
	MOVSD    16(R9), X14
	UNPCKLPD X14, X14
	MOVSD    24(R9), X7
	UNPCKLPD X7, X7
	PXOR     X6, X6      // how many are above, in two counts
	XORQ     AX, AX
	JMP      more

two:
	MOVUPD (DX)(AX*8), X2
	MOVUPD (SI)(AX*8), X0
	MOVUPD (DI)(AX*8), X1
	MOVAPD X2, X3
	MULPD  X9, X2
	MULPD  X13, X3
	ADDPD  X8, X2
	ADDPD  X12, X3
	CMPPD  X0, X2, $1   // fit < y: all bits, which is -1
	CMPPD  X1, X3, $1
	PSUBQ  X2, X6
	PSUBQ  X3, X6
	MOVAPD X0, X4
	MOVAPD X1, X5
	MULPD  X10, X4
	MULPD  X14, X5
	MULPD  X11, X0
	MULPD  X7, X1
	MOVUPD (R10)(AX*8), X2
	MOVUPD (R11)(AX*8), X3
	ADDPD  X5, X4
	ADDPD  X1, X0
	ADDPD  X4, X2
	ADDPD  X0, X3
	MOVUPD X2, (R10)(AX*8)
	MOVUPD X3, (R11)(AX*8)
	ADDQ   $2, AX

more:
	CMPQ AX, CX
	JLT  two

	MOVQ       X6, AX
	PUNPCKHQDQ X6, X6
	MOVQ       X6, BX
	ADDQ       BX, AX
	MOVQ       AX, above+136(FP)
	RET

// func offLinePair(dst, y, x []float64, alpha, beta float64)
TEXT ·offLinePair(SB), NOSPLIT, $0-88
	MOVQ     dst_base+0(FP), DI
	MOVQ     dst_len+8(FP), CX
	MOVQ     y_base+24(FP), SI
	MOVQ     x_base+48(FP), DX
	MOVSD    alpha+72(FP), X8
	UNPCKLPD X8, X8
	MOVSD    beta+80(FP), X9
	UNPCKLPD X9, X9
	XORQ     AX, AX
	JMP      more

two:
	MOVUPD (DX)(AX*8), X0
	MOVUPD (SI)(AX*8), X1
	MULPD  X9, X0
	ADDPD  X8, X0
	SUBPD  X0, X1
	MOVUPD X1, (DI)(AX*8)
	ADDQ   $2, AX

more:
	CMPQ AX, CX
	JLT  two
	RET

// func Fetch(x []float64)
TEXT ·Fetch(SB), NOSPLIT, $0-24
	MOVQ x_base+0(FP), SI
	MOVQ x_len+8(FP), CX
	XORQ AX, AX
	JMP  more

line:
	PREFETCHT0 (SI)(AX*8)
	ADDQ       $8, AX

more:
	CMPQ AX, CX
	JLT  line
	RET
