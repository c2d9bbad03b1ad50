// Kernels on text and bytes. Each file's functions take the pieces begin … end − 1 of their work first.

export * from "./crc32";
export * from "./csv";
export * from "./find";
export * from "./lines";
export * from "./sha256";
export * from "./words-count";
export * from "./words-merge";
export * from "./words-write";
