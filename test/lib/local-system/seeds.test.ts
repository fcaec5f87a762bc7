import { glance } from '../../../lib/local-system/jobs-glance.ts';
import { seedInstances, seedServers, seedTemplates } from '../../../lib/local-system/seeds.ts';
import { templateFault } from '../../../packages/local-cloud/src/cloud/sms/templates.ts';

const FOUND = glance({
  targets: { old: { id: 'i1', password: { user_data: 'OLD' } }, free: { id: 'i2' } },
  jobs: {
    a: { backup_import: { backup_files: { latest_of: 'old' } } },
    b: { server_migration: { target: { region: 'cn-south-1', template: 't1' } } },
    c: { server_migration: { target: { region: 'cn-south-1', server: 'e1' } } },
    d: {
      server_migration: {
        target_server: { vm_id: 'e2', disks: [{ disk_id: 'd1', size: 107374182401 }] },
        region_id: 'cn-south-1',
      },
    },
    e: { server_migration: { target_server: { vm_id: '' }, region_id: 'cn-south-1' } },
  },
});
const NOW = Date.parse('2026-03-14T12:00:00Z');

describe('seedInstances', () => {
  it('gives backups to the instance whose newest is imported, the newest of all being no usable one', () => {
    const [old, free] = seedInstances(FOUND, NOW);

    expect(old).toMatchObject({ id: 'i1', name: 'old', password: 'local-OLD' });
    expect(old?.backups?.map(({ status, createdAt = 0 }) => [status, new Date(createdAt).toISOString()])).toEqual([
      ['succeed', '2026-03-13T11:00:00.000Z'],
      ['succeed', '2026-03-14T11:00:00.000Z'],
      ['failed', '2026-03-14T11:30:00.000Z'],
    ]);
    expect(free).toEqual({ id: 'i2', name: 'free' });
  });
});

describe('seedTemplates', () => {
  it('gives a template that SMS can make a target from, also over the internet', () => {
    const [template, ...more] = seedTemplates(FOUND, 'p1');
    const sent = { vm_template_id: 't1', use_public_ip: true, target_server: { disks: [{ size: 42949672960 }] } };

    expect(more).toEqual([]);
    expect(template).toMatchObject({ id: 't1', region: 'cn-south-1', projectid: 'p1' });
    expect(templateFault(template, sent as never)).toBeUndefined();
  });
});

describe('seedServers', () => {
  it('gives an existing server one disk of the size that local sources have, or those that the job describes', () => {
    expect(seedServers(FOUND)).toMatchObject([
      { id: 'e1', disks: [{ sizeGb: 40 }] },
      { id: 'e2', disks: [{ id: 'd1', sizeGb: 101 }] },
    ]);
  });
});
