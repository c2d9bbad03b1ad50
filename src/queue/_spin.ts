// How long this thread looks at queues and pipes before it sleeps.

import { Spinner } from '../heap/spin';

export const spinner = new Spinner();
