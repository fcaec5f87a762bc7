// The two service packages are optional: some registries do not carry them. The part of their generated clients that is used stands in for
// their own types, which take model classes and say nothing of what really comes back (plain JSON, snake_case).

declare module '@huaweicloud/huaweicloud-sdk-dcs/v2/public-api.js' {
  export const DcsClient: import('./dcs/dcs-client.ts').DcsClientClass;
}

declare module '@huaweicloud/huaweicloud-sdk-sms/v3/public-api.js' {
  export const SmsClient: import('./sms/sms-client.ts').SmsClientClass;
}
