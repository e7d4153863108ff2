/** What the run does with a type of resource. */
export type TypeSupport = 'run' | 'declared' | 'unsupported';

/** These are run. What of their properties cannot be is named by their readers. */
const RUN = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::IntegrationResponse',
  'AWS::ApiGatewayV2::Model',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::RouteResponse',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudFormation::Stack',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::IAM::RolePolicy',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
]);

/**
 * These may be declared: no message of a client passes through them, and a function never asks them for anything.
 * Log groups and alarms watch, keys encrypt what lies still, names and certificates lead to an endpoint that has another
 * name here.
 */
const DECLARED = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGatewayV2::Deployment',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::Budgets::Budget',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::IAM::InstanceProfile',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::LayerVersion',
  'AWS::ResourceGroups::Group',
  'AWS::Route53::RecordSet',
  'AWS::ServiceCatalogAppRegistry::Application',
  'AWS::ServiceCatalogAppRegistry::ResourceAssociation',
  'AWS::XRay::Group',
  'AWS::XRay::SamplingRule',
  'Custom::LogRetention',
]);

const DECLARED_SERVICES = ['AWS::CloudWatch::', 'AWS::Logs::'];

export const supportOf = (type: string): TypeSupport => {
  if (RUN.has(type)) return 'run';
  return DECLARED.has(type) || DECLARED_SERVICES.some((service) => type.startsWith(service))
    ? 'declared'
    : 'unsupported';
};

/** A topic of alarms and who hears of it: people, as a rule. */
const NOTIFYING = new Set(['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'AWS::SNS::Subscription']);

/** Whether it tells people something: left out, it is missed only where it leads back to what runs. */
export const isNotifying = (type: string): boolean => NOTIFYING.has(type);
