/** The rule for every call with an id: it sends nothing if the id is invalid. */
export function refusesBadIds(call: string, act: (id: string) => Promise<unknown>): void {
  it.each(['', '../tasks', 'a/b', 'a b', 'a?b', 'x'.repeat(256)])(`${call} refuses the id %j`, async (id) => {
    await expect(act(id)).rejects.toMatchObject({ name: 'CloudError', outcome: 'not_sent', cloudCode: 'bad_id' });
  });
}
