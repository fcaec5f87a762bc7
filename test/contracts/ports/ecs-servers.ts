import type { EcsService } from '../../../lib/ports/ecs.ts';
import { ABSENT } from './absent-id.ts';
import { refusesBadIds } from './refuses-bad-ids.ts';

export interface EcsServersSubject {
  readonly ecs: EcsService;
  /** A server with two disks, `v-1` as `/dev/vda` and `v-2` as `/dev/vdb`. */
  readonly server: string;
}

/** What servers of ECS do, in the cloud and in its fake. */
export function ecsServersPort(name: string, make: () => Promise<EcsServersSubject>): void {
  describe(name, () => {
    let ecs: EcsService;
    let server: string;
    beforeEach(async () => {
      ({ ecs, server } = await make());
    });

    it('shows a server', async () => {
      await expect(ecs.showServer(server)).resolves.toMatchObject({ id: server, status: 'ACTIVE' });
    });

    it('lists the disks of a server in order of device', async () => {
      await expect(ecs.listDisks(server)).resolves.toEqual([
        { id: 'v-1', bootIndex: 0, device: '/dev/vda', sizeGb: 40 },
        { id: 'v-2', bootIndex: 1, device: '/dev/vdb', sizeGb: 100 },
      ]);
    });

    it('finds no missing server, and no disks of it', async () => {
      await expect(ecs.showServer(ABSENT)).resolves.toBeUndefined();
      await expect(ecs.listDisks(ABSENT)).rejects.toMatchObject({
        name: 'CloudError',
        outcome: 'rejected',
        temporary: false,
        status: 404,
      });
    });

    refusesBadIds('ShowServer', (id) => ecs.showServer(id));
    refusesBadIds('ListServerBlockDevices', (id) => ecs.listDisks(id));
  });
}
