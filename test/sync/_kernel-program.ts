// Runs the cases of _kernel-cases.ts as a program. Argument: the file with the kernels (base64). Ends with code 0 if all held.

import { readFileSync } from 'node:fs';
import process from 'node:process';
import { isMain } from '../../src/index';
import { main } from './_kernel-cases';

if (isMain(import.meta.url)) console.log(await main(readFileSync(process.argv[2], 'utf8')));
