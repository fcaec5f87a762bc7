import { setText } from './elements.js';

/**
 * Does what a button asks for and says what came of it. A second press while the first is under way does nothing.
 *
 * @param {HTMLOutputElement} output
 * @param {() => Promise<string>} work comes back with what to say
 */
export async function attempt(output, work) {
  if (output.dataset['busy'] !== undefined) return;
  output.dataset['busy'] = '';
  delete output.dataset['tone'];
  try {
    setText(output, await work());
  } catch (error) {
    output.dataset['tone'] = 'bad';
    setText(output, error instanceof Error ? error.message : String(error));
  } finally {
    delete output.dataset['busy'];
  }
}
