"""BS2's settings: one for each point that the bank leaves open. The README has the table."""

from dataclasses import dataclass, field


def _order_codes() -> dict[str, int]:
    return {
        "waiting": 1,
        "scheduled": 2,
        "completed": 3,
        "refused": 4,
        "expired": 4,
        "cancelled": 5,
        "refunded": 6,
        "failed": 7,
    }


def _order_words() -> dict[str, str]:
    return {
        "waiting": "Pendente de aprovação",
        "scheduled": "Agendado",
        "completed": "Efetivado",
        "refused": "Recusado",
        "expired": "Recusado",
        "cancelled": "Cancelado",
        "refunded": "Devolvido",
        "failed": "Não efetivado",
    }


@dataclass
class Bs2Settings:
    # Tokens.
    access_token_seconds: int = 300
    refresh_token_seconds: int = 48 * 3600
    legacy_refresh_token_seconds: int = 600
    code_seconds: int = 300
    token_requests_per_minute: int = 10
    token_limit_status: int = 429
    refresh_error_status: int = 400
    refresh_reuse_ends_grant: bool = False
    one_token_per_application: bool = False
    client_credentials_give_refresh: bool = False
    client_credentials_reach_account: bool = False
    pix_takes_account_tokens: bool = True
    legacy_reaches_apibanking: bool = True
    invalid_token_status: int = 401
    required_user_agent: str = ""
    user_agent_status: int = 403
    unknown_id_status: int = 404
    # Statement.
    statement_default_days: int = 30
    statement_default_limit: int = 100
    statement_max_days: int = 0
    v2_inicio_is_offset: bool = False
    v2_balance_shape: str = "v1"
    balance_requires_reference: bool = False
    blocked_cents: int = 0
    categories: dict[str, int] = field(
        default_factory=lambda: {
            "TED-DEBIT": 1,
            "TED-CREDIT": 2,
            "TEF-DEBIT": 3,
            "TEF-CREDIT": 4,
            "PAYMENT-DEBIT": 5,
            "BOLETO-CREDIT": 6,
            "TED_RETURN-CREDIT": 7,
            "PIX-CREDIT": 10,
            "PIX-DEBIT": 11,
            "PIX_REFUND-CREDIT": 12,
            "PIX_REFUND-DEBIT": 13,
            "PIX_INTERNAL-CREDIT": 16,
            "PIX_INTERNAL-DEBIT": 17,
            "PIX_INTERNAL_REFUND-DEBIT": 18,
            "PIX_INTERNAL_REFUND-CREDIT": 19,
            "FEE-DEBIT": 20,
        }
    )
    other_category: int = 99
    # Orders.
    approval_required: bool = True
    pix_approval_required: bool = True
    send_status: int = 200
    approval_days: int = 7
    ted_fee_cents: int = 0
    transfer_statuses: dict[str, int] = field(default_factory=_order_codes)
    transfer_situations: dict[str, str] = field(default_factory=_order_words)
    payment_statuses: dict[str, int] = field(default_factory=_order_codes)
    payment_situations: dict[str, str] = field(default_factory=_order_words)
    refuses_without_balance: bool = True
    ted_opens_at: str = "06:30"
    ted_closes_at: str = "17:00"
    after_hours: str = "schedule"
    require_registered_titles: bool = False
    title_shows_amount: bool = True
    # Boletos.
    write_off_seconds: int = 5
    refuses_repeated_seu_numero: bool = False
    boleto_refusal_status: int = 400
    boleto_settles_at: str = "05:38"
    boleto_fee_cents: int = 0
    # Pix.
    pix_expiry_seconds: int = 300
    pix_async_seconds: int = 1
    pix_refund_seconds: int = 1
    pix_identificador_is_unique: bool = False
    pix_requires_registered_keys: bool = False
    pix_webhook_requires_certificate: bool = False
    pix_masks_documents: bool = False
    pix_calls_cnpj_cpf: bool = False
    pix_takes_chave_aleatoria: bool = False
    pix_statuses: dict[str, str] = field(
        default_factory=lambda: {
            "started": "INICIADO",
            "waiting": "PENDENTE_APROVACAO",
            "scheduled": "AGENDADO",
            "completed": "EFETIVADO",
            "refunded": "DEVOLVIDO",
            "refused": "REJEITADO",
            "cancelled": "CANCELADO",
            "expired": "EXPIRADO",
            "failed": "ERRO",
        }
    )
    # Webhooks.
    webhook_interval_unit_seconds: int = 60
    movement_counterpart_is_array: bool = True
    webhook_events: dict[str, str] = field(
        default_factory=lambda: {
            "movement": "webhook-mov-conta",
            "transfer": "webhook-conclusao-transf",
            "payment": "webhook-conclusao-pag",
        }
    )
