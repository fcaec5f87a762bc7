import { ask } from './ask.js';
import { byId } from './elements.js';
import { attempt } from './try-it.js';

/** The latest object event once more. */
export function makeDeliverAgain() {
  const result = byId('again-result', HTMLOutputElement);
  byId('again', HTMLButtonElement).addEventListener('click', () =>
    attempt(result, async () => {
      await ask('POST', '/api/deliver-again');
      return 'Delivered again.';
    }),
  );
}
