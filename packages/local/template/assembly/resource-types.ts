/** How the run treats a type of resource. */
export type TypeSupport = 'run' | 'declared' | 'unsupported';

/** These types run. Their readers report the properties that are not supported. */
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
 * These types are ignored: no client's message passes through them, and functions do not call them. Log groups and
 * alarms watch, keys encrypt stored data, and names and certificates belong to an endpoint that has another name here.
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

/** The topics of alarms and their subscriptions, which usually notify people. */
const NOTIFYING = new Set(['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'AWS::SNS::Subscription']);

/** Whether a type notifies people. Leaving it out only matters if it delivers to a running resource. */
export const isNotifying = (type: string): boolean => NOTIFYING.has(type);
