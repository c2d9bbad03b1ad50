// Kernels on arrays. Each file's functions take the pieces begin … end − 1 of their work first.

export * from "./arithmetic";
export * from "./extremes";
export * from "./map";
export * from "./reduce";
export * from "./scan";
export * from "./select";
export * from "./sort/index";
export * from "./sort/small";
export * from "./tally";
