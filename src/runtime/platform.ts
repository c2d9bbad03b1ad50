// The runtime that the package works with: Node's, and so Deno's and Bun's. The build of the package puts
// platform.browser.ts or platform.edge.ts in this file's place for the others: bound by an import, not by a call at the
// start, so that a bundler drops all of it from a program that uses none of it.

export { nodeRuntime as platform } from './node';
