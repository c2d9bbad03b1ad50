// Kernels on row-major matrices. Sources in assembly/kernels/matrices.

export { type Matrix, type MatrixOptions, matmul, matmulSync, matvec, matvecSync } from './matrices-product';
export { type AnyMatrix, transpose, transposeSync } from './matrices-transpose';
