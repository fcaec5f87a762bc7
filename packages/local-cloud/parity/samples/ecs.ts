import type { Samples } from '../sample.ts';
import { SERVER } from '../seed.ts';

export const ECS_SAMPLES: Samples = {
  ListServerBlockDevices: () => ({ params: { server_id: SERVER } }),
  ShowServer: () => ({ params: { server_id: SERVER } }),
};
