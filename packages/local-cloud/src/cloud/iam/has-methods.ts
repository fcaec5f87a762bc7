/** Whether a body names exactly these methods in `auth.identity.methods`. */
export function hasMethods(methods: readonly string[]): (body: unknown) => boolean {
  return (body) => {
    const sent = (body as { auth?: { identity?: { methods?: unknown } } } | null)?.auth?.identity?.methods;
    return Array.isArray(sent) && sent.length === methods.length && methods.every((method) => sent.includes(method));
  };
}
