"""The estate of these tests, and a client that speaks to its registries."""

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from local.azure.world import World
from local.estates.network import Place

ESTATE = """
subscriptions: [{name: production}]
networks:
  - {name: hub, addressSpace: [10.0.0.0/16], subnets: [{name: endpoints, prefix: 10.0.1.0/24}]}
places:
  - {name: office, egress: 198.51.100.7}
  - {name: inside, egress: 198.51.100.9, network: hub/endpoints}
  - {name: dublin, egress: 198.51.100.7, region: northeurope}
privateEndpoints: [{name: contoso-pe, registry: contoso, subnet: hub/endpoints}]
privateZones: [{name: privatelink.azurecr.io, links: [hub]}]
identities:
  - {name: alice, kind: user}
  - {name: puller}
  - {name: nobody}
  - {name: builder, kind: servicePrincipal, secrets: [{value: good}, {value: old, expires: -P1D}]}
  - {name: prefixed}
  - {name: foreigner, kind: servicePrincipal, tenant: elsewhere, secrets: [{value: good}]}
roleAssignments:
  - {principal: alice, role: Owner, scope: subscription/production}
  - {principal: puller, role: AcrPull, scope: registry/fabrikam}
  - {principal: puller, role: AcrPull, scope: registry/tailwind}
  - {principal: builder, role: AcrPush, scope: registry/fabrikam}
  - principal: prefixed
    role: Container Registry Repository Reader
    scope: registry/tailwind
    condition: >-
      @Request[Microsoft.ContainerRegistry/registries/repositories:name]
      StringStartsWithIgnoreCase 'team/'
registries:
  - name: contoso
    sku: Premium
    replications: [{location: northeurope}]
    firewall: {defaultAction: Deny, allow: [198.51.100.7]}
  - name: fabrikam
    adminUserEnabled: true
    scopeMaps: [{name: web-only, actions: [repositories/shop/web/content/read]}]
    tokens:
      - {name: web, scopeMap: web-only, passwords: [{value: t1}, {value: t2, expires: -P1D}]}
    repositories:
      - name: shop/web
        images:
          - {tags: [v1, latest], platforms: [linux/amd64, linux/arm64], age: P10D}
          - {tags: [v0], media: oci, age: P20D}
          - {name: sig, artifact: signature, subject: v0}
      - {name: tools, images: [{tags: [one]}]}
  - name: tailwind
    roleAssignmentMode: AbacRepositoryPermissions
    repositories:
      - {name: team/api, images: [{tags: [v1]}]}
      - {name: other, images: [{tags: [v1]}]}
"""

ARM = "https://management.azure.com"
ACR = "https://containerregistry.azure.net"


class Entra:
    """Tokens that are readable: `audience|object id|tenant`."""

    def verify(self, token: str, audiences: Collection[str]) -> Mapping[str, Any] | None:
        audience, _, rest = token.partition("|")
        oid, _, tid = rest.partition("|")
        return {"aud": audience, "oid": oid, "tid": tid} if audience in audiences else None


@dataclass
class Client:
    """Sends requests to a registry by name, from a place."""

    world: World
    session: aiohttp.ClientSession
    url: str
    place: dict[str, Place] = field(default_factory=dict)

    async def send(
        self, method: str, registry: str, path: str, **options: Any
    ) -> aiohttp.ClientResponse:
        headers = {"Host": f"{registry}.azurecr.io", **options.pop("headers", {})}
        response = await self.session.request(
            method, self.url + path, headers=headers, allow_redirects=False, **options
        )
        await response.read()
        return response

    def entra_token(self, identity: str, audience: str = ACR) -> str:
        found = self.world.identity(identity)
        assert found
        return f"{audience}|{found.object_id}|{found.tenant}"

    async def exchange(
        self, registry: str, identity: str, audience: str = ACR
    ) -> aiohttp.ClientResponse:
        form = {
            "grant_type": "access_token",
            "service": f"{registry}.azurecr.io",
            "access_token": self.entra_token(identity, audience),
        }
        return await self.send("POST", registry, "/oauth2/exchange", data=form)

    async def token(self, registry: str, identity: str, scope: str) -> aiohttp.ClientResponse:
        exchanged = await self.exchange(registry, identity)
        form = {
            "grant_type": "refresh_token",
            "service": f"{registry}.azurecr.io",
            "scope": scope,
            "refresh_token": (await exchanged.json()).get("refresh_token", ""),
        }
        return await self.send("POST", registry, "/oauth2/token", data=form)

    async def bearer(self, registry: str, identity: str, scope: str) -> dict[str, str]:
        response = await self.token(registry, identity, scope)
        assert response.status == 200, await response.text()
        return {"Authorization": "Bearer " + (await response.json())["access_token"]}


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}
