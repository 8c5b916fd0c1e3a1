"""A network: the nodes that one gateway reaches."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from racelink_core.domain.address import Mac
from racelink_core.domain.base import FrozenModel
from racelink_core.domain.channels import Region
from racelink_core.domain.radio_profile import RadioProfile

DEFAULT_NETWORK_ID = "default"


class Network(FrozenModel):
    """One outbound lane and the nodes behind it. Source: spec http-api, section 2.7.

    gateway_mac  the gateway that serves it; None until one was bound
    profile      the radio settings it should have (`rf_config` on the API); None for Ethernet
    """

    id: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=64)
    kind: Literal["rf", "ethernet"] = "rf"
    gateway_mac: Mac | None = None
    region: Region | None = None
    channel_id: int | None = None
    profile: RadioProfile | None = None
    node_port: int = Field(default=5078, ge=1, le=65535, strict=True)
    reply_port: int = Field(default=5079, ge=1, le=65535, strict=True)
    bind_host: str = ""
    broadcast_host: str = ""
