// Re-exports the world's version of the atomics: JavaScript here; the kernel build puts wasm.ts or single.ts
// in this file's place, the model checker its own.
export * from './js';
