/**
 * Starts main.ts on Node. tsx is loaded by a call: flags of the command line would be those of our workers, too, and
 * what they bring along makes each garbage collection several times as long; the rivals' workers start without flags.
 */
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
