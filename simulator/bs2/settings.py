"""BS2's settings: one for each point that the bank leaves open. The README has the table."""

from dataclasses import dataclass, field

# The tables of statuses are not documented: what each state of an order is called, as number and
# in words.
ORDER_CODES = {
    "waiting": 1,
    "scheduled": 2,
    "completed": 3,
    "refused": 4,
    "expired": 4,
    "cancelled": 5,
    "refunded": 6,
    "failed": 7,
}
ORDER_WORDS = {
    "waiting": "Pendente de aprovação",
    "scheduled": "Agendado",
    "completed": "Efetivado",
    "refused": "Recusado",
    "expired": "Recusado",
    "cancelled": "Cancelado",
    "refunded": "Devolvido",
    "failed": "Não efetivado",
}
PIX_WORDS = {
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


@dataclass
class Bs2Settings:
    access_token_seconds: int = 300
    refresh_token_seconds: int = 48 * 3600
    token_requests_per_minute: int = 10
    token_limit_status: int = 429
    refresh_error_status: int = 400
    refresh_reuse_ends_grant: bool = False
    one_token_per_application: bool = False
    client_credentials_reach_account: bool = False
    legacy_reaches_apibanking: bool = True
    invalid_token_status: int = 401
    required_user_agent: str = ""
    statement_max_days: int = 0
    statement_most_per_page: int = 100
    v2_inicio_is_offset: bool = False
    v2_balance_shape: str = "v1"
    balance_requires_reference: bool = False
    blocked_cents: int = 0
    approval_required: bool = True
    pix_approval_required: bool = True
    send_status: int = 200
    ted_fee_cents: int = 0
    transfer_statuses: dict[str, int] = field(default_factory=ORDER_CODES.copy)
    transfer_situations: dict[str, str] = field(default_factory=ORDER_WORDS.copy)
    refuses_without_balance: bool = True
    after_hours: str = "schedule"
    require_registered_titles: bool = False
    title_shows_amount: bool = True
    write_off_seconds: int = 5
    refuses_repeated_seu_numero: bool = False
    boleto_refusal_status: int = 400
    pix_identificador_is_unique: bool = False
    pix_webhook_requires_certificate: bool = False
    pix_masks_documents: bool = False
    pix_calls_cnpj_cpf: bool = False
    pix_takes_chave_aleatoria: bool = False
    movement_counterpart_is_array: bool = True
