import { callApi } from './call-api.js';
import { byId } from './elements.js';
import { attempt } from './try-it.js';

/** Delivers the latest object event again. */
export function makeDeliverAgain() {
  const result = byId('again-result', HTMLOutputElement);
  byId('again', HTMLButtonElement).addEventListener('click', () =>
    attempt(result, async () => {
      await callApi('POST', '/api/deliver-again');
      return 'Delivered again.';
    }),
  );
}
