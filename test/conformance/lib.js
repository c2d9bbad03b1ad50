// The package as the suite sees it: one module, so that cases, tasks and workers share one instance of it.
//
// Cases import this file and never the package itself. Why not by name: workers in a page do not see import maps,
// and a runtime resolves a package's own name only inside node_modules. Why not chosen at run time: a task module
// must load the same file in every thread. So Node, Deno and Bun read the file as it stands, and the static server
// of test/runtimes/chromium.ts serves it with `.node.js` replaced by `.browser.js`, which is all that differs.
// That the names `manyhands` and `manyhands/kernels` lead to these files is what test/package shows.

export * from '../../dist/index.node.js';
export * as kernels from '../../dist/kernels.node.js';
