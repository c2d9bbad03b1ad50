// A program that forgets to unlink one of two.

import { SharedMemory } from 'manyhands';

for (const name of ['forgotten', 'remembered']) {
  const memory = new SharedMemory({ name, create: true, size: 123 });
  memory.close();
  if (name === 'remembered') memory.unlink();
}
