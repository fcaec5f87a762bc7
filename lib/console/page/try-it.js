import { setText } from './elements.js';

/**
 * Executes the action of a button and shows the result. Ignored while a previous press is in progress.
 *
 * @param {HTMLOutputElement} output
 * @param {() => Promise<string>} work returns the message to show
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
