import { loadDcsClient } from '../../lib/cloud/dcs/dcs-client.ts';
import { ThinDcsClient } from '../../lib/cloud/dcs/thin-dcs-client.ts';
import { dcsFollowContract } from './dcs-follow.ts';

dcsFollowContract('DCS tasks over the thin client', async () => ThinDcsClient);

// If the service package is not installed, this is the thin client twice.
dcsFollowContract('DCS tasks over the client that is chosen', loadDcsClient);
