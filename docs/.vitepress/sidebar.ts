/** The pages by topic. `test/end-to-end/docs/pages.test.ts` checks that no page is missing. The reference is added by `config.ts`. */
export const SIDEBAR = [
  {
    text: 'Get started',
    items: [
      { text: 'The chat, from a clone', link: '/start/clone' },
      { text: 'Your CDK application', link: '/start/existing-app' },
    ],
  },
  {
    text: 'Write',
    items: [
      { text: 'Routes', link: '/guide/routes' },
      { text: 'Validation', link: '/validation' },
      { text: 'Middlewares alone', link: '/middlewares' },
      { text: 'Errors a client sees', link: '/guide/errors' },
      { text: 'Authorization', link: '/guide/who-may-connect' },
      { text: 'Broadcasting', link: '/guide/broadcasting' },
      { text: 'Channels', link: '/guide/channels' },
      { text: 'The stack', link: '/cdk' },
    ],
  },
  {
    text: 'Run and test',
    items: [
      { text: 'The local run', link: '/guide/local-run' },
      { text: 'Testing', link: '/guide/testing' },
      { text: 'Load testing and planning', link: '/load-testing' },
      { text: 'The cost of channels', link: '/channel-costs' },
    ],
  },
  {
    text: 'Operate',
    items: [
      { text: 'Deploy', link: '/guide/deploy' },
      { text: 'Operations', link: '/guide/operations' },
      { text: 'Alarms', link: '/alarms' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
    ],
  },
  {
    text: 'Recipes',
    items: [
      { text: 'EventBridge', link: '/recipes/event-bridge' },
      { text: 'SNS', link: '/recipes/sns' },
      { text: "Another queue's consumer", link: '/recipes/queue-consumer' },
      { text: 'Custom domain', link: '/recipes/custom-domain' },
      { text: 'CI', link: '/recipes/ci' },
    ],
  },
  {
    text: 'Migrate',
    items: [
      { text: 'From the AWS sample', link: '/migrate/aws-sample' },
      { text: 'From Serverless Framework', link: '/migrate/serverless-framework' },
      { text: 'From Socket.IO', link: '/migrate/socket-io' },
    ],
  },
  {
    text: 'Understand',
    items: [
      { text: 'How the fan-out works', link: '/how-the-fan-out-works' },
      { text: 'The protocol of channels', link: '/protocol' },
      { text: 'How a message travels', link: '/how-a-message-travels' },
      { text: 'Terms', link: '/terms' },
      { text: 'Versions', link: '/semver' },
    ],
  },
];
