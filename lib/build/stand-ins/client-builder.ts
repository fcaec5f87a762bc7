/** Replaces the SDK's builder, which creates the default transport and writes to the home directory; ours is in `lib/cloud/transport/sdk-client.ts`. */
export class ClientBuilder {
  /** @throws {Error} always */
  constructor() {
    throw new Error(
      "the SDK's ClientBuilder is not in this bundle; lib/cloud/transport/sdk-client.ts creates the clients",
    );
  }
}
