import path from 'node:path';
import { makeFolderStore } from '../runs/ledger/folder-store.ts';

const MOST_NAMES = 1_000;

/**
 * Appends an unreadable line to the newest list of the local ledger, as somebody else with write access to the bucket could.
 *
 * @param prefix what the list's name begins with
 * @returns the list's name
 * @throws {Error} when there is no such list
 */
export async function damageLedger(stateFolder: string, prefix: string): Promise<string> {
  const store = makeFolderStore(path.join(stateFolder, 'ledger'));
  const [newest] = [...(await store.list(prefix, { limit: MOST_NAMES }))].sort((a, b) => b.at - a.at);
  if (!newest) throw new Error(`damage ${prefix}: no list in the ledger has a name that begins with this`);
  const { position } = await store.read(newest.name);
  await store.append(newest.name, position, 'no record\n');
  return newest.name;
}
