// Kernels on RGBA images of 8 bits. Each file's functions take the pieces begin … end − 1 of their work first.

export * from "./resize";
export * from "./nearest";
export * from "./composite";
export * from "./pixels";
export * from "./convolve";
export * from "./rotate";
