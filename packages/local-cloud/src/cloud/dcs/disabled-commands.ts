/** Commands that Web CLI disables (user guide, "Web CLI Commands", opentelekomcloud-docs 2026-04). A command of two words is disabled as such. */
const DISABLED = new Set(
  [
    'migrate wait dump restore waitaof restore-asking',
    'slaveof replicaof shutdown debug save bgsave bgrewriteaof command keys monitor sync psync acl module',
    'unwatch discard exec multi watch',
    'blpop brpop blmove brpoplpush blmpop select bzpopmax bzpopmin bzmpop zrem zunion psubscribe subscribe',
  ].flatMap((words) => words.split(' ')),
);
const DISABLED_SUBCOMMANDS: Readonly<Record<string, readonly string[]>> = {
  config: ['set', 'rewrite', 'resetstat'],
  cluster: [
    'meet',
    'flushslots',
    'addslots',
    'delslots',
    'setslot',
    'bumpepoch',
    'saveconfig',
    'forget',
    'replicate',
    'count-failure-reports',
    'failover',
    'set-config-epoch',
    'reset',
  ],
};

export function isDisabledCommand([command = '', subcommand = '']: readonly string[]): boolean {
  const name = command.toLowerCase();
  if (DISABLED.has(name)) return true;
  return (
    Object.hasOwn(DISABLED_SUBCOMMANDS, name) && DISABLED_SUBCOMMANDS[name]?.includes(subcommand.toLowerCase()) === true
  );
}
