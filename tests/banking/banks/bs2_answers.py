"""The bodies of BS2's documentation, with its own example values (banking/banks/bs2)."""

from typing import Any

from banking.banks.http.json import read_json

# Section 2.5.
TOKENS: dict[str, Any] = {
    "access_token": "a4e1f7a2-0c55-4d3a-9b1e-6f2f8f1d7c10",
    "token_type": "Bearer",
    "expires_in": 300,
    "refresh_token": "0b7e6c11-93fd-4b6a-8f52-1a2b3c4d5e6f",
    "scope": "saldo extrato pagamento transferencia boleto",
}

# Section 4.1.
BALANCE = '{ "valor": 48210.55, "valorBloqueado": 1200.00 }'

# Section 4.2.
STATEMENT = """{
  "saldo": {
    "inicial": 47010.55, "final": 48210.55,
    "bloqueado": { "por24Horas": 0.0, "por48Horas": 0.0, "acima": 0.0, "judicial": 0.0 }
  },
  "chequeEspecial": null,
  "movimentacoes": [
    {
      "movimentadoEm": "2026-03-02T10:14:55.497",
      "descricao": "Crédito Pix Transf. Interna",
      "descricaoAbreviada": "Pix Interno Recebido",
      "valor": 1500.75,
      "tipoMovimentacao": 2,
      "tipoCategoria": 16,
      "documento": "0",
      "observacao": "",
      "protocolo": "2180001000123456720260302500001",
      "remetente": { "nome": "Cliente Exemplo Ltda", "documento": "11222333000181",
                     "nomeBanco": "Bco BS2 SA", "banco": 218, "agencia": 1, "conta": 7654321 },
      "favorecido": null,
      "pix": { "endToEndId": "E710278662026030213140244509185P" }
    },
    {
      "movimentadoEm": "2026-03-02T09:02:11.120",
      "descricao": "Tarifa",
      "descricaoAbreviada": "Tarifa",
      "valor": 300.75,
      "tipoMovimentacao": 1,
      "tipoCategoria": 20,
      "documento": "0",
      "observacao": "",
      "protocolo": "2180001000123456720260302500000",
      "remetente": null,
      "favorecido": null,
      "pix": null
    }
  ],
  "inicio": 0, "limite": 100, "total": 2
}"""

# Section 5.1.
TRANSFER = """{
  "favorecido": {
    "nome": "Fornecedor Exemplo ME",
    "documento": "11222333000181",
    "contaDestino": {
      "agencia": "1234",
      "numero": "567890",
      "banco": { "codigo": 341, "nome": "Itaú Unibanco S.A." },
      "tipoConta": 1
    }
  },
  "mesmaTitularidade": false,
  "valor": 2350.00,
  "efetuarEm": "2026-03-03T00:00:00"
}"""
TRANSFER_TAKEN = """
{ "solicitacaoId": "6a0f5f0e-2f0b-4a0a-8a0f-3c1d2e4f5a6b", "aprovado": true, "mensagem": null }"""
# Section 5.3.
TRANSFER_STATUS = """
{ "id": "6a0f5f0e-2f0b-4a0a-8a0f-3c1d2e4f5a6b", "situacao": "<description>", "status": 0 }"""

# Section 6.1.
TITLE = """{
  "dataVencimento": "2026-03-05T00:00:00",
  "banco": { "codigo": 341, "nome": "Itaú Unibanco S.A." }
}"""
# Section 6.2.
LINE = "34191090080001231234456789000124213760000048990"
PAYMENT = """{ "codigoIdentificacao": "34191090080001231234456789000124213760000048990",
  "valor": 489.90, "efetuarEm": "2026-03-05T00:00:00", "vencimentoEm": "2026-03-05T00:00:00" }"""
PAYMENT_TAKEN = """
{ "solicitacaoId": "1d5b6f1c-8b1e-4b8e-9c55-0e9f8a7b6c5d", "aprovado": true, "mensagem": null }"""
# Section 6.3.
PAYMENT_STATUS = """
{ "id": "1d5b6f1c-8b1e-4b8e-9c55-0e9f8a7b6c5d", "situacao": "<description>", "status": 0,
  "observacao": null }"""

# Section 6.5 names the outer fields; those inside are not documented.
PROOFS = """[{
  "comprovanteId": "5f1f4e7a-93d4-4a57-8a9f-0d6f3a1b2c3d", "empresa": "Empresa Titular Ltda",
  "EfetuadoEm": "2026-03-03T09:30:00", "EfetuarEm": "2026-03-03T00:00:00", "tipo": 1,
  "protocolo": "2180001000123456720260303500007",
  "dadosTransferencia": { "valor": 2350.00, "favorecido": { "documento": "11.222.333/0001-81" } },
  "dadosPagamento": null, "dadosTributo": null, "dadosPagamentoPix": null }]"""

# Section 7.3.
MOVEMENT_NOTICE = """{
  "ID": "f2d7f0c2-5b7e-4b8b-8f59-6d2a7a3f1c22",
  "dataNotificacao": "2026-03-02T10:15:02",
  "valor": 1500.75,
  "conta": "1234567",
  "cliente": { "documento": "44555666000181", "nome": "Empresa Titular Ltda" },
  "favorecidoRemetente": [ { "documento": "11222333000181", "nome": "Cliente Exemplo Ltda" } ],
  "contaDestino": [ { "banco": "218", "agencia": "0001", "conta": "1234567" } ],
  "contaOrigem":  [ { "banco": "341", "agencia": "1234", "conta": "567890" } ],
  "movimento": [ { "data": "2026-03-02T10:14:55", "tipo": "C", "codigo": "<code>",
                   "descricao": "TED recebida" } ]
}"""
# Section 7.5.
BOLETO_NOTICE = """{
  "Id": "0a8c7b2e-1d5f-4a68-9d0b-2f6f2f0b8c31",
  "Conta": "1234567",
  "DataNotificacao": "2026-03-11T05:40:12",
  "NossoNumeroBoleto": 80999000111,
  "SeuNumeroBoleto": "NF-1001",
  "Valor": 1500.75,
  "ValorLiquidado": 1500.75,
  "SituacaoDescricao": "Pago",
  "Situacao": 4,
  "StatusBoleto": [
    { "Status": 1, "Descricao": "Registrado", "DataStatus": "2026-02-27T14:02:10" },
    { "Status": 2, "Descricao": "Pagamento identificado", "DataStatus": "2026-03-10T11:20:41" },
    { "Status": 3, "Descricao": "Liquidado", "DataStatus": "2026-03-11T05:38:00" }
  ]
}"""
# Section 9.1 shows the form of an end-to-end id; the notice itself is not documented.
PIX_NOTICE = """{ "id": "9d1f", "evento": "Pagamento",
  "endToEndId": "E7102786620260302134402003095641" }"""

# Section 8.3.
ISSUE = """{
  "seuNumero": "NF-1001",
  "beneficiarioFinal": { "razaoSocial": "Empresa Titular Ltda", "nomeFantasia": "Titular",
                         "documento": "44555666000181" },
  "cliente": {
    "tipo": "juridica", "documento": "11222333000181", "nome": "Cliente Exemplo Ltda",
    "email": "financeiro@exemplo.com.br", "telefone": "11999990000",
    "endereco": { "cep": "01310100", "estado": "SP", "cidade": "São Paulo", "bairro": "Bela Vista",
                  "logradouro": "Avenida Exemplo", "numero": "1000", "complemento": "" }
  },
  "vencimento": "2026-03-10",
  "valor": 1500.75,
  "multa": { "valor": 30.00, "data": "2026-03-11", "juros": 1.0 },
  "mensagem": { "linha1": "Ref. nota 1001", "linha2": "", "linha3": "", "linha4": "" },
  "especie": "9"
}"""
ISSUED = """{
  "id": "d52e0a7c-6f48-4b93-9a1d-c3b7e8f40216",
  "sacado": {
    "email": "financeiro@exemplo.com.br", "telefone": "11999990000", "tipo": 2,
    "documento": "11222333000181", "nome": "Cliente Exemplo Ltda",
    "endereco": { "cep": "01310100", "estado": "SP", "cidade": "São Paulo", "bairro": "Bela Vista",
                  "logradouro": "Avenida Exemplo", "numero": "1000", "complemento": "" }
  },
  "status": 1,
  "nossoNumero": 80999000111,
  "codigoDeBarra": "21896138100001500750010001234567809990001118",
  "linhaDigitavel": "21890010070123456780699900011182613810000150075",
  "seuNumero": "NF-1001",
  "clienteId": "4f0b7b0e-2c63-4b6b-8a8e-5f0f7d9c1a22",
  "sacadorAvalista": { "tipo": 0, "documento": null, "nome": null,
    "endereco": { "cep": null, "estado": null, "cidade": null, "bairro": null, "logradouro": null,
                  "numero": null, "complemento": null } },
  "vencimento": "2026-03-10T03:00:00",
  "valor": 1500.75,
  "canal": "ERP Exemplo",
  "multa": { "valor": 30.0, "data": "2026-03-11T03:00:00", "juros": 1.0 },
  "desconto": { "percentual": null, "valorFixo": null, "valorDiario": null, "limite": null },
  "mensagem": { "linha1": "Ref. nota 1001", "linha2": null, "linha3": null, "linha4": null },
  "aceite": false,
  "especie": "Outro"
}"""
# Section 8.4.
DETAIL = """{ "item": {
  "id": "d52e0a7c-6f48-4b93-9a1d-c3b7e8f40216", "nossoNumero": 80999000111, "seuNumero": "NF-1001",
  "valor": 1500.75, "valorPago": 1500.75, "valorLiquidado": 1500.75,
  "carteira": { "descricao": null, "codigo": 21 }, "movimento": "2026-03-11T03:00:00",
  "vencimento": "2026-03-10T03:00:00", "emissao": "2026-02-27T17:02:09.6729296",
  "notificacaoPagamento": "2026-03-10T14:20:41", "pagamento": "2026-03-10T03:00:00",
  "cancelamento": null, "canal": "ERP Exemplo",
  "sacado": { "tipo": 2, "documento": "11222333000181", "nome": "Cliente Exemplo Ltda",
    "email": "financeiro@exemplo.com.br", "telefone": "11999990000",
    "endereco": { "cep": "01310100", "estado": "SP", "cidade": "São Paulo", "bairro": "Bela Vista",
                  "logradouro": "Avenida Exemplo", "numero": "1000", "complemento": "" } },
  "sacadorAvalista": { "tipo": 0, "documento": null, "nome": null, "endereco": null },
  "codigoBarras": "21896138100001500750010001234567809990001118",
  "linhaDigitavel": "21890010070123456780699900011182613810000150075",
  "registrado": true,
  "mensagem": { "linha1": "Ref. nota 1001", "linha2": null, "linha3": null, "linha4": null },
  "desconto": { "percentual": null, "valorFixo": null, "valorDiario": null, "limite": null },
  "multa": { "valor": 30.0, "data": "2026-03-11T03:00:00", "juros": 1.0 },
  "status": 4, "naturezaDaOperacaoDePagamento": 99,
  "bancoPagamento": 341, "agenciaPagamento": 1234, "canalPagamento": 1,
  "dataLimitePagamento": "2026-05-09T03:00:00"
} }"""
# Section 8.6.
WRITE_OFF = """{ "solicitacaoId": "b8c7a1de-6a52-4f5a-8f3b-90ab12cd34ef",
  "nossoNumero": 80999000111, "status": 1, "justificativa": "Pedido cancelado" }"""


def read(example: str) -> Any:
    """As an answer arrives: with exact decimals."""
    return read_json(example)
