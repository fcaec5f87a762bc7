// The two service packages are optional: some registries do not carry them. These types cover the methods that are used and replace the
// packages' own types, which take model classes and do not describe the actual responses (plain JSON, snake_case).

declare module '@huaweicloud/huaweicloud-sdk-dcs/v2/public-api.js' {
  export const DcsClient: import('./dcs/dcs-client.ts').DcsClientClass;
}

declare module '@huaweicloud/huaweicloud-sdk-sms/v3/public-api.js' {
  export const SmsClient: import('./sms/sms-client.ts').SmsClientClass;
}
