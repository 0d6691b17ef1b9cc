"""What the audit knows to tell apart. A slug that was written stays: it is under the hash."""

from django.db import models


class Act(models.TextChoices):
    CONNECTION_BEGUN = "connection_begun", "Pedido de vínculo"
    ACCOUNT_CONNECTED = "account_connected", "Conta conectada"
    ACCOUNT_RECONNECTED = "account_reconnected", "Vínculo refeito"
    CONNECTION_REFUSED = "connection_refused", "Vínculo recusado"
    CONNECTION_LOST = "connection_lost", "Vínculo perdido"
    CONNECTION_UNDONE = "connection_undone", "Vínculo desfeito"
    CONNECTION_CLOSED = "connection_closed", "Acesso encerrado no banco"
    SETTINGS_CHANGED = "settings_changed", "Configuração da conta"
    PREFERRED_CHANGED = "preferred_changed", "Conta preferencial"
    LEAF_TIED = "leaf_tied", "Conta do Ativo trocada"
    RUN_BY_CLOCK = "run_by_clock", "Envio das 7h"
    RUN_BY_HAND = "run_by_hand", "Envio manual"
    BILLS_SENT = "bills_sent", "Envio de contas"
    SENDING_LOCKED = "sending_locked", "Envios bloqueados"
    SENDING_RELEASED = "sending_released", "Envios liberados"
    PLAN_CHANGED = "plan_changed", "Plano"
    CHART_CHANGED = "chart_changed", "Plano de contas"
    CHART_IMPORTED = "chart_imported", "Plano de contas importado"
    BANK_HOME_CHANGED = "bank_home_changed", "Grupo padrão das contas bancárias"
    ALLOCATION_UNDONE = "allocation_undone", "Conciliação desfeita"
    ENTRY_REDATED = "entry_redated", "Data do lançamento corrigida"
    FACTOR_RESET = "factor_reset", "Segundo fator redefinido"
