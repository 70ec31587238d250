// The function app on Flex Consumption: code from a container, everything by its identity.

param token string
param location string
param tags object

@allowed([512, 2048, 4096])
param instanceMemoryMB int

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Instances that are always there for events and urgent jobs: no cold start, for money.')
param alwaysReady int

@description('Spread instances over zones, where the region has them.')
param zoneRedundant bool

@description('Subnet for outbound traffic; empty for none.')
param subnetId string

@description('Whether the HTTP surface is reachable from the internet.')
param publicAccess bool

param appId string
param appClientId string
param serviceBusHost string
param queueNames object
param blobEndpoint string
param tableEndpoint string
param packageContainer string
param insightsName string
param vaultName string

@description('Settings whose values are in the vault: teams-webhook-url for TEAMS_WEBHOOK_URL.')
param secretSettings array

@description('Settings of the app beside those that follow from the infrastructure.')
param settings object

param queueEvents bool
param standby bool
param sweepSchedule string
param watchSchedule string
param subscriptions array
param registries array
param acsEndpoint string
param mailFrom string
param mailTo string
param publicUrl string
param protectMode string
param protectRelease bool

@description('Application (client) id that people sign in with; empty leaves function keys alone.')
param entraClientId string

@description('Object ids of groups and people who may come in; empty for the whole tenant.')
param entraPrincipals array

var name = 'func-pullwatch-${token}'

// Where Event Grid calls the app the queue of events has no reader, and the other way round.
// A stamp that stands by answers over HTTP and does nothing by itself
var idle = standby ? 'true' : 'false'
var switches = {
  'AzureWebJobs.registry_event.Disabled': queueEvents ? 'true' : idle
  'AzureWebJobs.registry_event_queue.Disabled': queueEvents ? idle : 'true'
  'AzureWebJobs.dead_letter_events.Disabled': queueEvents ? idle : 'true'
  'AzureWebJobs.sweep.Disabled': idle
  'AzureWebJobs.watch.Disabled': idle
  'AzureWebJobs.diagnose_urgent.Disabled': idle
  'AzureWebJobs.diagnose_bulk.Disabled': idle
  'AzureWebJobs.announce.Disabled': idle
  'AzureWebJobs.dead_letter_urgent.Disabled': idle
  'AzureWebJobs.dead_letter_bulk.Disabled': idle
  'AzureWebJobs.dead_letter_alerts.Disabled': idle
}

// A reference without its secret would be taken for the value, so each is asked for by name
var secret = '@Microsoft.KeyVault(VaultName=${vaultName};SecretName={0})'
var secrets = {
  TEAMS_WEBHOOK_URL: contains(secretSettings, 'TEAMS_WEBHOOK_URL') ? format(secret, 'teams-webhook-url') : ''
  WEBHOOK_URL: contains(secretSettings, 'WEBHOOK_URL') ? format(secret, 'webhook-url') : ''
  WEBHOOK_SECRET: contains(secretSettings, 'WEBHOOK_SECRET') ? format(secret, 'webhook-secret') : ''
  SMTP_PASSWORD: contains(secretSettings, 'SMTP_PASSWORD') ? format(secret, 'smtp-password') : ''
}

var own = {
  AzureWebJobsStorage__blobServiceUri: blobEndpoint
  AzureWebJobsStorage__tableServiceUri: tableEndpoint
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: appClientId
  AzureWebJobsDisableHomepage: 'true' // "/" is the dashboard's
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${appClientId};Authorization=AAD'
  SERVICE_BUS__fullyQualifiedNamespace: serviceBusHost
  SERVICE_BUS__credential: 'managedidentity'
  SERVICE_BUS__clientId: appClientId
  TABLES__endpoint: tableEndpoint
  AZURE_CLIENT_ID: appClientId
  URGENT_QUEUE: queueNames.urgent
  BULK_QUEUE: queueNames.bulk
  ALERTS_QUEUE: queueNames.alerts
  EVENTS_QUEUE: queueNames.events
  SWEEP_SCHEDULE: sweepSchedule
  WATCH_SCHEDULE: watchSchedule
  SUBSCRIPTIONS: join(subscriptions, ',')
  REGISTRIES: join(registries, ',')
  MAIL_TO: mailTo
  PUBLIC_URL: empty(publicUrl) ? 'https://${app.properties.defaultHostName}' : publicUrl
  PROTECT_MODE: protectMode
  PROTECT_RELEASE: protectRelease ? 'true' : 'false'
}

var readyGroups = [
  {
    name: queueEvents ? 'function:registry_event_queue' : 'function:registry_event'
    instanceCount: alwaysReady
  }
  { name: 'function:diagnose_urgent', instanceCount: alwaysReady }
]
var onlyThese = { allowedPrincipals: { identities: entraPrincipals } }

// Mail of one's own server is set through `settings`
var mail = empty(acsEndpoint) ? {} : { ACS_ENDPOINT: acsEndpoint, MAIL_FROM: mailFrom }

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-pullwatch-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${appId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    keyVaultReferenceIdentity: appId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: appId
          }
        }
      }
      runtime: { name: 'python', version: '3.13' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady > 0 ? readyGroups : []
      }
    }
  }
}

// What is in `settings` wins over the app's defaults, never over what the infrastructure decides
resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, own, secrets, switches, mail)
}

resource noPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = [
  for kind in ['scm', 'ftp']: {
    parent: app
    name: kind
    properties: { allow: false }
  }
]

// Event Grid brings a key of its own to its path, and cannot sign in
resource signIn 'Microsoft.Web/sites/config@2024-11-01' = if (!empty(entraClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    httpSettings: { requireHttps: true }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      excludedPaths: ['/runtime/webhooks/eventgrid', '/runtime/webhooks/EventGrid']
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: entraClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [entraClientId, 'api://${entraClientId}']
          defaultAuthorizationPolicy: empty(entraPrincipals) ? {} : onlyThese
        }
      }
    }
    login: { tokenStore: { enabled: false } }
  }
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
