// `Symbol.dispose` and `Symbol.asyncDispose` where the engine lacks them (Firefox before 141, Safari): a class whose
// method is named by what is not there has a method named "undefined". A file of its own in the package, loaded before
// the classes. The values are those that esbuild's and Babel's `using` falls back to, so both mean the same methods.

for (const name of ['dispose', 'asyncDispose']) {
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol.for(`Symbol.${name}`) });
}
