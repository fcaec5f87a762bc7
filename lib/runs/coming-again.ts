import { isToBeSetRight, passingTrouble, type Trouble } from '../migrations/passing-trouble.ts';

/**
 * When it helps to ask again after trouble: `never`, for it is final; `when_set_right`, when somebody has given rights, keys or quota; or `later`,
 * for it passes by itself.
 */
export type ComingAgain = 'never' | 'when_set_right' | 'later';

export function comingAgainAfter(trouble: Trouble): ComingAgain {
  if (!passingTrouble(trouble)) return 'never';
  return isToBeSetRight(trouble) ? 'when_set_right' : 'later';
}
