/** The URN of a topic, as SMN prints it: `urn:smn:<region>:<project id>:<name>`, the name of letters, digits, `_` and `-`, 1 to 255 (SMN API reference, CreateTopic). */
export const TOPIC_URN = /^urn:smn:[a-z0-9-]+:[A-Za-z0-9]+:[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/;
