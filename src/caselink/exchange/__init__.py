"""Assistance beside child support beside employment, household by household: what each program knows."""

from caselink.exchange.view import EXCHANGE_COLUMNS, Exchange, reconcile

__all__ = ["EXCHANGE_COLUMNS", "Exchange", "reconcile"]
