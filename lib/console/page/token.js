const KEY = 'token';

/**
 * What shows that this page is the user's, where the system cannot see who asks: it comes in the fragment of the link that npm start prints, and
 * stays with the tab. Undefined where the link had none.
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
