"""Tests of the devices, and the strict device that they run on."""
