/** What every call with an id does: nothing, for what is none. */
export function refusesBadIds(call: string, act: (id: string) => Promise<unknown>): void {
  it.each(['', '../tasks', 'a/b', 'a b', 'a?b', 'x'.repeat(256)])(`${call} refuses the id %j`, async (id) => {
    await expect(act(id)).rejects.toMatchObject({ name: 'CloudError', outcome: 'not_sent', cloudCode: 'bad_id' });
  });
}
