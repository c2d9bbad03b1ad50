// The entry of `manyhands/kernels`, the same for every runtime but workerd (kernels.workerd.ts).

export * from './kernels/index';
