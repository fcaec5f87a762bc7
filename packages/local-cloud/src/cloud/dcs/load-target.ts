import { type KeySpaces, SOURCE_KEYS } from './key-spaces.ts';
import { storedKeys } from './stored-key.ts';
import type { DcsTask } from './task.ts';

/** Gives the target what a task has copied: the keys of the imported files, of the source instance, or generated ones for a self-hosted source. */
export function loadTarget(keySpaces: KeySpaces, task: DcsTask): void {
  const { target, source } = task;
  const ofSource = () => (source?.id === undefined ? storedKeys(SOURCE_KEYS) : keySpaces.of(source.id));
  const keys = task.kind === 'import' ? task.content : ofSource();
  task.content = [];
  if (target?.id !== undefined) keySpaces.merge(target.id, keys);
}
