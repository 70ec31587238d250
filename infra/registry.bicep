// What belongs beside one registry: rights of the app, and the topic of its events. The postprovision
// hook deploys it where the registry is, which may be another subscription of the same tenant.

param registryName string
param location string

@description('Whether the registry is in ABAC mode (roleAssignmentMode AbacRepositoryPermissions).')
param abac bool

@description('Let the app lock images before a clean-up deletes them.')
param protect bool

param topicName string
param topicGroup string

@description('Make the topic. A registry has at most one: making it again would change who may deliver.')
param createTopic bool

param settingName string
param environmentName string
param appPrincipalId string
param eventsIdentityId string
param logsId string

module access 'modules/registry.bicep' = {
  name: '${settingName}-access-${uniqueString(registryName)}'
  params: {
    registryName: registryName
    abac: abac
    appPrincipalId: appPrincipalId
    protect: protect
  }
}

module topic 'modules/topic.bicep' = {
  name: '${settingName}-topic-${uniqueString(registryName)}'
  scope: resourceGroup(topicGroup)
  params: {
    topicName: topicName
    create: createTopic
    registryId: resourceId('Microsoft.ContainerRegistry/registries', registryName)
    location: location
    tags: { 'azd-env-name': environmentName, app: 'pullwatch' }
    eventsIdentityId: eventsIdentityId
    settingName: settingName
    logsId: logsId
  }
}
