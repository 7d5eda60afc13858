Feature: Sign-up

  A company that wants to save money should not have to talk to anybody first. It names itself, chooses a plan and is in. Who already is
  a customer is nobody else's business, so a sign-up never tells. How sessions go on and end is out of scope here.

  @REQ-JRN-001
  Rule: A company that signs up with e-mail, company name, password and plan must be able to log in at once

    @needs_records
    Scenario Outline: A company on the <plan> plan is in at once
      When a company signs up on the <plan> plan
      Then the company can log in
      And its account carries its name and the <plan> plan

      Examples:
        | plan       |
        | free       |
        | startup    |
        | pro        |
        | enterprise |

    Scenario Outline: A sign-up with "<entry>" as its <detail> lets nobody in
      When a company signs up with "<entry>" as its <detail>
      Then the refusal names the <detail> and the rule that it breaks
      And the company cannot log in

      Examples: What a customer is known by
        | detail         | entry     |
        | e-mail address | northwind |
        | company name   |           |
        | plan           | platinum  |

      Examples: A password that is short, or has no digit, or no letter
        | detail   | entry          |
        | password | a1b2c3         |
        | password | saving-at-last |
        | password | 20260302090000 |

  @REQ-JRN-012
  Rule: A second sign-up with a used e-mail must be refused without telling whether the account exists

    Background:
      Given a company has signed up

    Scenario: A used e-mail address is refused in words that fit any reason
      When another company signs up with the same e-mail address
      Then the refusal does not tell that the address is known
      And the second company cannot log in
      And the first company still logs in with its own password

    Scenario: An address in capitals is the same address
      When another company signs up with the same e-mail address in capitals
      Then the refusal does not tell that the address is known
      And the first company still logs in with its own password

    Scenario: An address that differs by a letter is another address
      When another company signs up with an e-mail address of its own
      Then the second company can log in
      And the first company still logs in with its own password
