"""Workers that are killed at any moment lose no timer and do nothing twice.

Run as a program, this file is such a process: a real worker beside a person who starts cases and
completes tasks, and who notes before and after each act what is tried and what was answered. Its
clock runs faster than ours, so that minutes of a diagram and of a lease pass in seconds.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine import clock, instances, people, starting, worker
from engine.database import Database
from engine.errors import NoLongerOpen, StaleInstance
from engine.models import HistoryEntry, Incident, Instance, Job, Submission, WorkItem
from engine.settings import Settings
from tasks.duties import duties
from tasks.handlers import HANDLERS

ROOT = Path(__file__).parents[2]
KILLS, LONGEST = 5, 0.8  # and seconds of work before one, after its first answer
PATIENCE = 60  # seconds after which what has not come to its end never will
SPEED = 40  # times as fast as ours
LEASE = timedelta(seconds=60)
CROWD = 24  # cases that run at once
DIAGRAM = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">
  <process id="jadwal" name="Jadwal" isExecutable="true">
    <laneSet id="Lajur">
      <lane id="Lane_Staf" name="Staf">
        <extensionElements><camunda:properties>
          <camunda:property name="alur:actor" value="group:umum-aparatur" />
        </camunda:properties></extensionElements>
        NODES
      </lane>
    </laneSet>
    <startEvent id="Mulai" />
    <parallelGateway id="Bagi" />
    <intermediateCatchEvent id="Jeda">PT20S</intermediateCatchEvent>
    <serviceTask id="Catat" name="Mencatat" camunda:type="external" camunda:topic="catat">
      <extensionElements><camunda:properties>
        <camunda:property name="alur:gives" value="nomor" />
      </camunda:properties></extensionElements>
    </serviceTask>
    <intermediateCatchEvent id="Langsung">PT0S</intermediateCatchEvent>
    <intermediateThrowEvent id="Kirim">
      <messageEventDefinition camunda:type="external" camunda:topic="kirim" />
    </intermediateThrowEvent>
    <userTask id="Tunggu" name="Menunggu" />
    <boundaryEvent id="Ulang" attachedToRef="Tunggu" cancelActivity="false">R2/PT1M</boundaryEvent>
    <endEvent id="Ingat">
      <messageEventDefinition camunda:type="external" camunda:topic="remind" />
    </endEvent>
    <userTask id="Biarkan" name="Membiarkan" />
    <boundaryEvent id="Lewat" attachedToRef="Biarkan">PT30S</boundaryEvent>
    <exclusiveGateway id="Temu" />
    <scriptTask id="Nol" scriptFormat="python"><script>putaran = 0</script></scriptTask>
    <exclusiveGateway id="Lagi" />
    <intermediateCatchEvent id="Putar">PT5S</intermediateCatchEvent>
    <scriptTask id="Hitung" scriptFormat="python"><script>putaran = putaran + 1</script></scriptTask>
    <exclusiveGateway id="Cukup" default="F_Cukup_Gabung" />
    <eventBasedGateway id="Dahulu" />
    <intermediateCatchEvent id="Cepat">PT10S</intermediateCatchEvent>
    <intermediateCatchEvent id="Lambat">P1D</intermediateCatchEvent>
    <exclusiveGateway id="Usai" />
    <parallelGateway id="Gabung" />
    <endEvent id="Selesai" />
    FLOWS
  </process>
</definitions>
"""
PATHS = (
    "Mulai Bagi Jeda Catat Langsung Kirim Gabung Selesai",
    "Bagi Tunggu Gabung",
    "Ulang Ingat",
    "Bagi Biarkan Temu Gabung",
    "Lewat Temu",
    "Bagi Nol Lagi Putar Hitung Cukup Gabung",
    "Cukup Lagi",
    "Bagi Dahulu Cepat Usai Gabung",
    "Dahulu Lambat Usai",
)
