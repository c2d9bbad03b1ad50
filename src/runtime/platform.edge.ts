// In the place of platform.ts in the build for edge runtimes.

export { inlineRuntime as platform } from './inline';
