// What `import module from './x.wasm'` gives where the runtime compiles modules at deployment.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
