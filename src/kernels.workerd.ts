// The entry of `manyhands/kernels` for workerd, which compiles no bytes at run time: its modules are imported.

import { provideModule } from './kernels/_module';
import arrays from './kernels/arrays.threads.wasm';
import images from './kernels/images.threads.wasm';
import matrices from './kernels/matrices.threads.wasm';
import numbers from './kernels/numbers.threads.wasm';
import signals from './kernels/signals.threads.wasm';
import simulation from './kernels/simulation.threads.wasm';
import text from './kernels/text.threads.wasm';

const modules = { arrays, images, matrices, numbers, signals, simulation, text };
for (const [name, module] of Object.entries(modules)) provideModule(name, module);

export * from './kernels/index';
