const KEY = 'token';

/**
 * Authenticates this page if the system can't identify callers. It is in the fragment of the link that npm start prints, and is kept for the
 * tab. Undefined if the link had none.
 */
export const token = takeToken();

function takeToken() {
  const given = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(KEY) ?? undefined;
}
